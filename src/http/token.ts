/** Whether a text can be a token: not blank, and without control characters, which no header or link can hold. */
export function isToken(text: string | null | undefined): text is string {
  return typeof text === 'string' && text.trim() !== '' && !/\p{Cc}/u.test(text);
}
