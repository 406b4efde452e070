import type { FakeProvider } from '../fakes/contract.js';
import type { FakeSetting } from '../fakes/definition.js';
import { createFakeClerk, type FakeClerk } from '../providers/clerk/fake.js';
import { createFakeJunction, type FakeJunction } from '../providers/junction/fake.js';
import type { ProviderId } from '../providers/index.js';
import { createFakeSfox, type FakeSfox } from '../providers/sfox/fake.js';

/** The fake of each provider, by its name. */
export interface ProviderFakes extends Readonly<Record<ProviderId, FakeProvider>> {
  /** The fake of Junction. */
  readonly junction: FakeJunction;
  /** The fake of sFOX. */
  readonly sfox: FakeSfox;
  /** The fake of Clerk. */
  readonly clerk: FakeClerk;
}

/** Makes the fake of each provider. TypeScript requires one for each provider in the registry. */
export const fakeFactories: {
  readonly [P in ProviderId]: (setting: FakeSetting) => ProviderFakes[P];
} = {
  junction: createFakeJunction,
  sfox: createFakeSfox,
  clerk: createFakeClerk,
};
