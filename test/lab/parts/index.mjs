import certificates from "./certificates.mjs";
import cluster from "./cluster.mjs";
import controlPlane from "./control-plane.mjs";
import etcd from "./etcd.mjs";
import gateway from "./gateway.mjs";
import helm3 from "./helm3.mjs";
import helm4 from "./helm4.mjs";
import kustomize from "./kustomize.mjs";
import kwok from "./kwok.mjs";
import moto from "./moto.mjs";
import prometheus from "./prometheus.mjs";
import s3 from "./s3.mjs";
import tokenWebhook from "./token-webhook.mjs";

/**
 * Every part of the lab. A part is an object with `about`, the parts that it `needs`, and `start`, which installs what is missing, tells
 * `own` of each server as soon as it runs, and resolves to `{ env, facts }` once the part is usable: variables for those
 * who use it, facts for parts that rest on it. It rejects with the reason where it cannot run on this machine. `stop`,
 * where it has one, cleans up what ending the servers would leave, before they are ended.
 */
export const PARTS = {
  etcd,
  "token-webhook": tokenWebhook,
  "control-plane": controlPlane,
  kwok,
  cluster,
  gateway,
  prometheus,
  moto,
  certificates,
  s3,
  helm3,
  helm4,
  kustomize,
};
