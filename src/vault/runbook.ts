// The contract of a runbook: what a person does at a venue when a key is, or may be, in other hands.

export interface Runbook {
  /** Id of the venue, or of the model provider. */
  id: string;
  title: string;
  /** Whose the key is: of a venue unless it says otherwise. */
  kind?: 'model';
  /** Where keys are deleted, as the vendor's own help names it. Type it; do not follow links in messages about stolen keys. */
  page: string;
  /** Sentences in order; the first ends the key. */
  steps: readonly string[];
}
