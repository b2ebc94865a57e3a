// Hyperliquid's actions by what they may do. One path carries them all, so the action's type decides, never the path.
// Sources: hyperliquid.gitbook.io exchange endpoint, hyperliquid-python-sdk 7ee976d exchange.py, @nktkas/hyperliquid db80d59.
import type { Operation } from '../venue.js';

export const infoPath = '/info';
export const exchangePath = '/exchange';

type ActionClass = Operation['class'];

const byClass: Partial<Record<ActionClass, string>> = {
  order: 'order twapOrder',
  amend: 'modify batchModify',
  cancel: 'cancel cancelByCloid twapCancel scheduleCancel',
  // ccxt tries the last two whenever it connects, and goes on without: refused, but no attempt on funds.
  risk: `updateLeverage updateIsolatedMargin topUpIsolatedOnlyMargin agentEnableDexAbstraction agentSetAbstraction
    evmUserModify
    setReferrer approveBuilderFee`,
  // S7. An agent key can sign the first group although it moves funds; only the account's own key can sign the second.
  funds: `agentSendAsset vaultTransfer vaultModify vaultDistribute createVault createSubAccount subAccountModify
    subAccountTransfer subAccountSpotTransfer borrowLend spotDeploy perpDeploy hip3LiquidatorTransfer multiSig
    reserveRequestWeight claimRewards registerReferrer setDisplayName spotUser userOutcome CSignerAction
    CValidatorAction validatorL1Stream gossipPriorityBid finalizeEvmContract activateOutcomeDeployer authorizeAqav2Role
    stakingLinkDisableTradingUser
    withdraw3 usdSend spotSend sendAsset usdClassTransfer approveAgent cDeposit cWithdraw tokenDelegate
    convertToMultiSigUser sendToEvmWithData userSetAbstraction userDexAbstraction userPortfolioMargin linkStakingUser`,
};

/** A question about one account, which only the box's own may be: `user` is its address. */
export const accountMember = 'user';

/** Class of each action type. noop is not here: it only burns a nonce, and the nonces are the sidecar's. */
export const actionClasses: ReadonlyMap<string, ActionClass> = new Map(
  Object.entries(byClass).flatMap(([kind, names]) =>
    names.split(/\s+/).map((name) => [name, kind as ActionClass] as const),
  ),
);

/** No key signs what moves funds (S7), nor what lets somebody take a fee. */
export function isSigned(type: string): boolean {
  const kind = actionClasses.get(type);
  return kind !== undefined && kind !== 'funds' && type !== 'approveBuilderFee';
}

/** Rows to audit: `/exchange#order` is the action `order` sent to `/exchange`. */
export const operations: readonly Operation[] = [
  { method: 'POST', path: infoPath, class: 'read', isPublic: true },
  ...[...actionClasses].map(
    ([type, kind]): Operation => ({
      method: 'POST',
      path: `${exchangePath}#${type}`,
      class: kind,
      isPublic: false,
    }),
  ),
];
