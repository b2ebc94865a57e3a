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
  risk: `updateLeverage updateIsolatedMargin topUpIsolatedOnlyMargin agentEnableDexAbstraction agentSetAbstraction
    evmUserModify`,
  // S7. An agent key can sign the first group although it moves funds; only the account's own key can sign the second.
  funds: `agentSendAsset vaultTransfer vaultModify vaultDistribute createVault createSubAccount subAccountModify
    subAccountTransfer subAccountSpotTransfer borrowLend spotDeploy perpDeploy hip3LiquidatorTransfer multiSig
    reserveRequestWeight claimRewards setReferrer registerReferrer setDisplayName spotUser userOutcome CSignerAction
    CValidatorAction validatorL1Stream gossipPriorityBid finalizeEvmContract activateOutcomeDeployer authorizeAqav2Role
    stakingLinkDisableTradingUser
    withdraw3 usdSend spotSend sendAsset usdClassTransfer approveAgent approveBuilderFee cDeposit cWithdraw tokenDelegate
    convertToMultiSigUser sendToEvmWithData userSetAbstraction userDexAbstraction userPortfolioMargin linkStakingUser`,
};

/** Class of each action type. noop is not here: it only burns a nonce, and the nonces are the sidecar's. */
export const actionClasses: ReadonlyMap<string, ActionClass> = new Map(
  Object.entries(byClass).flatMap(([kind, names]) =>
    names.split(/\s+/).map((name) => [name, kind as ActionClass] as const),
  ),
);

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
