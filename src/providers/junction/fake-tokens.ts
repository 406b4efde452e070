import type { FakeToken } from '../../fakes/contract.js';
import type { FakeAnswer, FakeSetting, Mutable } from '../../fakes/definition.js';
import { createKeptList } from '../../fakes/keep.js';
import type { FakeUsers } from '../../fakes/users.js';
import { isKnown, readUser, type TeamRequest } from './fake-team.js';

/** A token that the fake of Junction issued. */
export interface FakeJunctionToken extends FakeToken {
  /** When it was issued. */
  readonly issuedAt: Date;
  /** Junction publishes no lifetime. */
  readonly expiresAt: undefined;
}

/**
 * The sign-in tokens.
 *
 * @param listedUsers - The users that the option `users` or `addUser` names.
 */
export function createTokens({ clock, random, keep }: FakeSetting, listedUsers: FakeUsers) {
  const tokens = createKeptList<Mutable<FakeJunctionToken>>(keep);
  /** The team of each token, which stops working when its user is deleted. Not the request, whose body would stay in memory. */
  const worlds = new WeakMap<FakeJunctionToken, TeamRequest['world']>();

  function issue(request: TeamRequest): FakeAnswer {
    const user = readUser(request, listedUsers);
    if ('status' in user) return user;
    const { userId } = user;
    const token: Mutable<FakeJunctionToken> = {
      token: btoa(`fake-junction-sign-in:${random.uuid()}`),
      userId,
      environment: request.environment,
      issuedAt: new Date(clock.now()),
      expiresAt: undefined,
      usedAt: undefined,
    };
    tokens.add(token, userId.length);
    worlds.set(token, request.world);
    return { status: 200, body: { user_id: userId, sign_in_token: token.token } };
  }

  function consume(token: string): FakeJunctionToken {
    const found = tokens.find((each) => each.token === token);
    if (found === undefined) throw new Error('The fake of Junction did not issue this token.');
    if (found.usedAt !== undefined) throw new Error('The token was used already and cannot be used any more.');
    const { environment } = found;
    const world = worlds.get(found);
    if (world !== undefined && !isKnown({ world, environment }, listedUsers, found.userId)) {
      throw new Error('The user of the token was deleted.');
    }
    found.usedAt = new Date(clock.now());
    return found;
  }

  return { entries: tokens.entries, clear: tokens.clear, issue, consume };
}
