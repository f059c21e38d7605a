import Foundation

/// What the thread that asks has had of a core. Unlike a clock, it does not run while others have the core: what is
/// measured on a busy machine is the same as on an idle one.
enum ThreadTime {
    static var now: Duration {
        var time = timespec()
        guard clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return .zero }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
