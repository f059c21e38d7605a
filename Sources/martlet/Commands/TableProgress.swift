import Storage
import Synchronization

/// Shows somebody at a terminal that long work goes on; says nothing anywhere else.
final class TableProgress: Sendable {
    private let verb: String
    private let terminal: Terminal
    private let shown = Mutex(0)

    init(_ verb: String, terminal: Terminal = .standardError) {
        self.verb = verb
        self.terminal = terminal
    }

    func tell(_ rows: BackupRows) {
        guard terminal.isTerminal else { return }
        let line = "\(rows.table): \(rows.count) \(verb)"
        shown.withLock { width in
            Terminal.show("\r" + line.padding(to: width))
            width = line.count
        }
    }

    /// Leaves the line to what follows.
    func end() {
        shown.withLock { width in
            if width > 0 { Terminal.show("\r" + "".padding(to: width) + "\r") }
            width = 0
        }
    }
}
