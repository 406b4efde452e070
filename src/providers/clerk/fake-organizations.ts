import type { FakeAnswer } from '../../fakes/definition.js';
import type { ClerkRefusals } from './fake-errors.js';

/** The organizations of the fake. Until a test adds one, every organization exists, with every user as a member. */
export function createOrganizations(instance: { readonly organizationsEnabled: boolean }, refusals: ClerkRefusals) {
  const members = new Map<string, ReadonlySet<string>>();
  return {
    add: (organizationId: string, memberIds: readonly string[]): void => {
      if (typeof organizationId !== 'string' || !Array.isArray(memberIds)) {
        throw new TypeError('An organization must have an id, and a list of the ids of its members.');
      }
      members.set(organizationId, new Set(memberIds));
    },
    /** The refusal for a user who is not a member; `undefined` for a member. */
    check(organizationId: string, userId: string): FakeAnswer | undefined {
      if (!instance.organizationsEnabled) return refusals.noOrganizations();
      if (members.size === 0) return undefined;
      const ids = members.get(organizationId);
      if (ids === undefined) return refusals.noOrganization();
      return ids.has(userId) ? undefined : refusals.notMember();
    },
    reset(): void {
      members.clear();
    },
  };
}
