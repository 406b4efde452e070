export function checksOf(names: readonly string[]): Record<string, (parts: object) => Promise<void>>;
