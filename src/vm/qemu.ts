// The command line of QEMU for a machine: no device but what is listed here. Pure.
import { type Accelerator, type MachineShape, machineNetwork, machinePaths } from './requests.js';

export const machineSockets = {
  guest: `${machinePaths.run}/guest.sock`,
  exec: `${machinePaths.run}/exec.sock`,
  monitor: `${machinePaths.run}/monitor.sock`,
} as const;

/** What the kernel says, for the reader of a failed boot; on a small memory file system, so it cannot grow without end. */
export const consoleFile = `${machinePaths.run}/console`;

/** Without no_timer_check Linux counts timer interrupts for a moment, and gives up where a busy host brings them too late (TCG). */
const kernelLine =
  'console=ttyS0 quiet panic=-1 ipv6.disable=1 no_timer_check random.trust_cpu=on rdinit=/init';

/** What every machine has, the probe's too. */
function common(accelerator: Accelerator, memoryMb: number, cpus: number, extraLine: string): string[] {
  return [
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    // Not the machine type microvm: it has neither HPET nor ACPI timer, and where TCG's other timer is too coarse Linux hangs on it.
    ...['-machine', 'q35,sata=off,smbus=off,usb=off,vmport=off,i8042=off'],
    ...(accelerator === 'kvm'
      ? ['-accel', 'kvm', '-cpu', 'host']
      : ['-accel', 'tcg,thread=multi,tb-size=256', '-cpu', 'max']),
    ...['-smp', String(cpus), '-m', `${memoryMb}M`],
    ...['-kernel', machinePaths.kernel, '-initrd', machinePaths.initrd, '-append', kernelLine + extraLine],
    ...['-serial', `file:${consoleFile}`],
    ...[
      '-chardev',
      `socket,id=monitor,path=${machineSockets.monitor}`,
      '-mon',
      'chardev=monitor,mode=control',
    ],
    ...['-chardev', `socket,id=guest,path=${machineSockets.guest}`],
    ...['-device', 'virtio-serial-pci,max_ports=2'],
    ...['-device', 'virtserialport,chardev=guest,nr=1,name=tradebox'],
    ...['-object', 'rng-random,id=rng,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=rng'],
  ];
}

// S3: what breaks out into this process finds few system calls, and its container beyond.
const sandbox = ['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'];

/** S3, S13: two disks, the working directory, and one network card that leads where the container leads: to the sidecar. */
export function machineArguments(request: MachineShape & { accelerator: Accelerator }): string[] {
  return [...sandbox, ...devices(request.accelerator, request, machinePaths.scratchDisk)];
}

/** The same machine, waiting for the snapshot's stream on a descriptor of QEMU's. */
export function resumeArguments(shape: MachineShape, descriptor: number): string[] {
  return [...machineArguments({ ...shape, accelerator: 'tcg' }), '-incoming', `fd:${descriptor}`];
}

/** The machine whose snapshot is taken, at image build, before there is any box: QEMU writes it through a process of its own. */
export function snapshotArguments(shape: MachineShape): string[] {
  return devices('tcg', shape, machinePaths.snapshot.disk);
}

function devices(accelerator: Accelerator, { memoryMb, cpus }: MachineShape, scratchDisk: string): string[] {
  return [
    ...common(accelerator, memoryMb, cpus, ''),
    ...['-drive', `if=none,id=root,file=${machinePaths.rootDisk},format=raw,readonly=on,file.locking=off`],
    ...['-device', 'virtio-blk-pci,drive=root'],
    ...['-drive', `if=none,id=scratch,file=${scratchDisk},format=qcow2,cache=unsafe,discard=unmap`],
    ...['-device', 'virtio-blk-pci,drive=scratch'],
    ...['-fsdev', 'local,id=workspace,path=/workspace,security_model=none,multidevs=remap'],
    ...['-device', 'virtio-9p-pci,fsdev=workspace,mount_tag=workspace'],
    ...['-netdev', `user,id=net,ipv6=off,net=${machineNetwork.range},host=${machineNetwork.gateway}`],
    ...['-device', 'virtio-net-pci,netdev=net,romfile='],
    // Memory that the agent has freed goes back to this machine's host.
    ...['-device', 'virtio-balloon-pci,free-page-reporting=on'],
  ];
}

/** A machine without disks or network that says hello and does nothing else. */
export function probeArguments(accelerator: Accelerator): string[] {
  return [...sandbox, ...common(accelerator, 256, 1, ' tradebox.probe')];
}
