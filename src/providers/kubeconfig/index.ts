export { kubeconfig, type KubeconfigOptions } from "./kubeconfig.ts";
