/** The part of `@tryvital/vital-core-react-native` that is used here. */
declare const VitalCore: {
  status(): Promise<string[]>;
  currentUserId(): Promise<string | null>;
  signIn(signInToken: string): Promise<void>;
  signOut(): Promise<void>;
};
/** Asks your own backend for a token. */
declare function fetchSignInToken(): Promise<string>;

/** @param wanted - Junction's id of the user who is signed in to your app, from your backend; `undefined` if nobody is. */
export async function reconcile(wanted: string | undefined): Promise<void> {
  const [status, current] = await Promise.all([VitalCore.status(), VitalCore.currentUserId()]);
  // The letters of a UUID may differ in case.
  const isWanted = current?.toLowerCase() === wanted?.toLowerCase();
  if (current && !isWanted) await VitalCore.signOut();
  if (wanted && (!isWanted || status.includes('useApiKey'))) await VitalCore.signIn(await fetchSignInToken());
}
