export { aks } from "./aks.ts";
export type { AksOptions, AzureCredentialChoice } from "./options.ts";
