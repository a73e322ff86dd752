const labelKey = /^(?:[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** A qualified name as Kubernetes has it: `app`, `causeway.dev/service`. */
export const isLabelKey = (text: string): boolean => labelKey.test(text);
export const isLabelValue = (text: string): boolean => labelValue.test(text);
