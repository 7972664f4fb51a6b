import { installServer, newKeys, startS3 } from "../s3/server.mjs";
import { freePorts } from "../tool/ports.mjs";

const about = "object storage with conditional writes, by versitygw over a folder";
const needs = [];

export default { about, needs, start };

const BUCKET = "lab";

async function start({ folder, own, log }) {
  const binary = await installServer(log);
  const keys = newKeys();
  const [port] = await freePorts(1);
  const { server, endpoint } = await startS3({ binary, folder, port, keys, bucket: BUCKET });
  own(server);
  return {
    env: {
      SLUICE_S3_ENDPOINT: endpoint,
      SLUICE_S3_BUCKET: BUCKET,
      SLUICE_S3_BINARY: binary,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_REGION: "us-east-1",
    },
    facts: { endpoint },
  };
}
