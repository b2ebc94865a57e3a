// Where clouds hand a machine its credentials: nothing that trades has a reason to ask there from a box.

/**
 * Names and addresses (IPv4 dotted, IPv6 as the URL Standard writes it). Sources: AWS "Retrieve instance metadata", "Task IAM role" and
 * "EKS Pod Identity"; Google Cloud "About VM metadata"; Azure "Instance Metadata Service" and "IP address 168.63.129.16"; Alibaba
 * Cloud ECS "Instance metadata"; Oracle Cloud "Getting instance metadata".
 */
const services: ReadonlySet<string> = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  'fd00:ec2::254',
  'fd00:ec2::23',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'metadata.google.internal',
  'metadata.goog',
  'metadata',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** True for a lower-case name, or an address in its usual spelling. */
export function isMetadataService(host: string): boolean {
  return services.has(host);
}
