/**
 * Text that a kubelet gives a container unchanged: where it would read `$(NAME)` as a variable or `$$` as one dollar sign,
 * each is doubled.
 *
 * Source: Kubernetes API reference, Container v1 core, `command` and `env.value`.
 */
export function literal(text: string): string {
  return text.replace(/\$(?=[$(])/g, "$$$$");
}
