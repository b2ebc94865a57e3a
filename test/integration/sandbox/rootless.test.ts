// A box on engines that an ordinary user runs: whose its files are, and that the sidecar is the only way out there as well.
import { PodmanService } from '../../support/podman.js';
import { RootlessDocker } from '../../support/rootless-docker.js';
import { RootlessUser } from '../../support/rootless-user.js';
import { testOtherEngines } from './other-engine.js';

testOtherEngines([
  {
    name: 'Podman without root',
    needs: 'rootless-podman',
    make: () => new PodmanService(new RootlessUser()),
  },
  {
    name: 'Docker without root',
    needs: 'rootless-docker',
    make: () => new RootlessDocker(new RootlessUser()),
  },
]);
