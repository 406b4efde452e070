/** The part of `@tryvital/vital-core-react-native` that is used here. */
declare const VitalCore: {
  status(): Promise<string[]>;
  currentUserId(): Promise<string | null>;
  signIn(signInToken: string): Promise<void>;
  signOut(): Promise<void>;
};
/** Asks your own backend for a token. */
declare function fetchSignInToken(): Promise<string>;

/** @param wanted - Junction's id of your app's signed-in user, from your backend; `undefined` if nobody is signed in. */
export async function reconcile(wanted: string | undefined): Promise<void> {
  const [status, current] = await Promise.all([VitalCore.status(), VitalCore.currentUserId()]);
  // UUIDs may differ in upper and lower case.
  const isWanted = current?.toLowerCase() === wanted?.toLowerCase();
  if (current && !isWanted) await VitalCore.signOut();
  if (wanted && (!isWanted || status.includes('useApiKey'))) await VitalCore.signIn(await fetchSignInToken());
}
