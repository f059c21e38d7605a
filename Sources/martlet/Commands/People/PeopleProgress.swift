/// Shows somebody at a terminal that an import or export goes on; says nothing anywhere else, and colours nothing.
final class PeopleProgress {
    private let verb: String
    private let terminal: Terminal
    private var width = 0
    private var last = ContinuousClock.now

    init(_ verb: String, terminal: Terminal = .standardError) {
        self.verb = verb
        self.terminal = terminal
    }

    /// Not more than ten times a second.
    func tell(_ count: Int) {
        guard terminal.isTerminal, ContinuousClock.now - last >= .milliseconds(100) else { return }
        last = .now
        let line = "\(count) people \(verb)"
        Terminal.show("\r" + line.padding(to: width))
        width = line.count
    }

    /// Leaves the line to what follows.
    func clear() {
        if width > 0 { Terminal.show("\r" + "".padding(to: width) + "\r") }
        width = 0
    }
}
