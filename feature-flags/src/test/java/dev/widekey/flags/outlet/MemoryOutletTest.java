package dev.widekey.flags.outlet;

import dev.widekey.flags.Outlet;

class MemoryOutletTest extends OutletContract {

    @Override
    Outlet emptyOutlet() {
        return new MemoryOutlet();
    }

    @Override
    Outlet again(Outlet outlet) {
        return outlet;
    }
}
