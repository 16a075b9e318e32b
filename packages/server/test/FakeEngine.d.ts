import { Audiences } from "@audiences/engine/audiences/Audiences";
import { Consumers } from "@audiences/engine/consumers/Consumers";
import { Imports } from "@audiences/engine/imports/Imports";
import { Memberships } from "@audiences/engine/memberships/Memberships";
import { Organizations } from "@audiences/engine/organizations/Organizations";
import { Refreshes } from "@audiences/engine/refreshes/Refreshes";
import { Rules } from "@audiences/engine/rules/Rules";
import { Layer } from "effect";
export declare const key = "sk_test_the-only-one";
/** Ids that make the fake engine misbehave. */
export declare const crashing = "0190a000-0000-7000-8000-00000000dead";
export declare const garbling = "0190a000-0000-7000-8000-00000000baad";
export declare const slow = "0190a000-0000-7000-8000-000000005105";
export declare const known = "0190a000-0000-7000-8000-000000000002";
/** An engine whose answers depend on the id alone: for what only the HTTP side decides. */
export declare const FakeEngine: Layer.Layer<Audiences | Consumers | Imports | Memberships | Organizations | Refreshes | Rules, never, never>;
//# sourceMappingURL=FakeEngine.d.ts.map