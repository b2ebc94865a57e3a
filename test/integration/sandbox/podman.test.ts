// A box on a real Podman of root's, through its Docker API: what only Podman itself can say of it.
import { PodmanService } from '../../support/podman.js';
import { testOtherEngines } from './other-engine.js';

testOtherEngines([{ name: 'Podman', needs: 'podman', make: () => new PodmanService() }]);
