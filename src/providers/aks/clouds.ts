import type { AksOptions } from "./options.ts";

export interface AzureCloud {
  /** Who gives tokens. */
  readonly authority: string;
  readonly resourceManager: string;
}

/** Source: Azure's documentation of its national clouds' endpoints. */
export const CLOUDS: Readonly<Record<NonNullable<AksOptions["cloud"]>, AzureCloud>> = {
  public: {
    authority: "https://login.microsoftonline.com",
    resourceManager: "https://management.azure.com",
  },
  china: {
    authority: "https://login.chinacloudapi.cn",
    resourceManager: "https://management.chinacloudapi.cn",
  },
  "us-government": {
    authority: "https://login.microsoftonline.us",
    resourceManager: "https://management.usgovcloudapi.net",
  },
};
