/**
 * How kwok plays nodes and pods. A test says what becomes of a pod by annotations of its template:
 *
 * - `lab/pod`: `ready` (the default), `unready`, `crash`, `pull` (its image cannot be pulled), `fail` (a job's pod ends badly)
 * - `lab/after`: how long it takes to get there, for example `5s`; at once where it is not given
 */
const PLAY = '.metadata.annotations["lab/pod"]';
const AFTER = '.metadata.annotations["lab/after"]';

const is = (key, ...values) => ({ key, operator: "In", values });
const isNot = (key, ...values) => ({ key, operator: "NotIn", values });
const exists = (key) => ({ key, operator: "Exists" });
const absent = (key) => ({ key, operator: "DoesNotExist" });

function stage(name, kind, matchExpressions, next, delayed = false) {
  const delay = delayed
    ? { delay: { durationMilliseconds: 0, durationFrom: { expressionFrom: AFTER } } }
    : {};
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name },
    spec: { resourceRef: { apiGroup: "v1", kind }, selector: { matchExpressions }, ...delay, next },
  };
}

const condition = (type, status) =>
  `- { type: ${type}, status: "${status}", lastTransitionTime: {{ Now | Quote }} }`;

/** A pod's status as a kubelet would report it. `state` is one container's, as a template. */
function podStatus({ phase, ready, state, restarts = 0, last }) {
  const lastState = last === undefined ? "" : `\n  lastState: ${last}`;
  return `
phase: ${phase}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "") | Quote }}
startTime: {{ or .status.startTime Now | Quote }}
conditions:
${condition("PodScheduled", "True")}
${condition("Initialized", "True")}
${condition("ContainersReady", ready ? "True" : "False")}
${condition("Ready", ready ? "True" : "False")}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: ${ready}
  started: ${ready}
  restartCount: ${restarts}
  state: ${state}${lastState}
{{ end }}
`;
}

const RUNNING = "{ running: { startedAt: {{ Now | Quote }} } }";
const ended = (exitCode, reason) =>
  `{ terminated: { exitCode: ${exitCode}, reason: ${reason}, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }} } }`;
const waiting = (reason, message) =>
  `{ waiting: { reason: ${reason}, message: ${JSON.stringify(message)} } }`;

const LIVE = absent(".metadata.deletionTimestamp");
const FRESH = absent(".status.podIP");
const OF_JOB = is(".metadata.ownerReferences.[].kind", "Job");

const POD_STAGES = [
  stage(
    "pod-ready",
    "Pod",
    [LIVE, FRESH, isNot(PLAY, "unready", "crash", "pull", "fail")],
    { statusTemplate: podStatus({ phase: "Running", ready: true, state: RUNNING }) },
    true,
  ),
  stage("pod-unready", "Pod", [LIVE, FRESH, is(PLAY, "unready", "fail")], {
    statusTemplate: podStatus({ phase: "Running", ready: false, state: RUNNING }),
  }),
  stage(
    "pod-crash",
    "Pod",
    [LIVE, FRESH, is(PLAY, "crash")],
    {
      statusTemplate: podStatus({
        phase: "Running",
        ready: false,
        restarts: 3,
        state: waiting("CrashLoopBackOff", "back-off 40s restarting failed container"),
        last: ended(1, "Error"),
      }),
    },
    true,
  ),
  stage(
    "pod-pull",
    "Pod",
    [LIVE, FRESH, is(PLAY, "pull")],
    {
      statusTemplate: podStatus({
        phase: "Pending",
        ready: false,
        state: waiting("ImagePullBackOff", "Back-off pulling image: manifest unknown"),
      }),
    },
    true,
  ),
  stage(
    "job-complete",
    "Pod",
    [LIVE, OF_JOB, is(".status.phase", "Running"), isNot(PLAY, "unready", "crash", "pull", "fail")],
    { statusTemplate: podStatus({ phase: "Succeeded", ready: false, state: ended(0, "Completed") }) },
    true,
  ),
  stage(
    "job-failed",
    "Pod",
    [LIVE, OF_JOB, is(".status.phase", "Running"), is(PLAY, "fail")],
    { statusTemplate: podStatus({ phase: "Failed", ready: false, state: ended(1, "Error") }) },
    true,
  ),
  stage("pod-delete", "Pod", [exists(".metadata.deletionTimestamp")], {
    finalizers: { empty: true },
    delete: true,
  }),
];

const NODE_STAGES = [
  stage(
    "node-ready",
    "Node",
    [isNot('.status.conditions.[] | select( .type == "Ready" ) | .status', "True")],
    {
      statusTemplate: `
phase: Running
addresses: [{ type: InternalIP, address: {{ NodeIP | Quote }} }]
allocatable: { cpu: "64", memory: 256Gi, pods: "1000" }
capacity: { cpu: "64", memory: 256Gi, pods: "1000" }
conditions:
- type: Ready
  status: "True"
  reason: KubeletReady
  message: played
  lastHeartbeatTime: {{ Now | Quote }}
  lastTransitionTime: {{ Now | Quote }}
`,
    },
  ),
];

/** All stages as documents of one YAML file. */
export function stagesFile() {
  return [...NODE_STAGES, ...POD_STAGES].map((one) => JSON.stringify(one)).join("\n---\n");
}
