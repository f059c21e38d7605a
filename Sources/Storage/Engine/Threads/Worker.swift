import Foundation

/// A thread of its own for calls that block, so that waiting for a disk never holds up the concurrency pool.
struct Worker: Sendable {
    private let life: Task<Void, Never>

    init(_ name: String, _ work: @escaping @Sendable () -> Void) {
        life = Task.detached {
            await withCheckedContinuation { ended in
                let thread = Thread {
                    work()
                    ended.resume()
                }
                thread.name = name
                thread.start()
            }
        }
    }

    func ended() async { await life.value }
}
