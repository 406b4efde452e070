/**
 * How many milliseconds later than a plain timer of this length an action ends, if both start together. On a busy machine
 * the timer is late too, so that a limit for the difference holds there as well.
 */
export async function lateness(milliseconds: number, action: () => Promise<unknown>): Promise<number> {
  const now = () => performance.now();
  const timer = new Promise<void>((resolve) => setTimeout(resolve, milliseconds)).then(now);
  const [end, timerEnd] = await Promise.all([action().then(now), timer]);
  return end - timerEnd;
}
