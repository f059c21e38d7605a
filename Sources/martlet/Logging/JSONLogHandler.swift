import Foundation
import Logging

/// The back of swift-log here: one event is one line on standard error, a JSON object or, for somebody
/// at a terminal, plain text. (`LogHandler` is swift-log's word.)
struct JSONLogHandler: LogHandler {
    /// Metadata key by which `LoggedAudit` says that a line is a security event.
    static let eventKey = "event"

    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level
    private let format: LogFormat
    private let usesColour: Bool
    private let write: @Sendable (_ line: String, _ isSecurity: Bool) -> Void

    init(
        level: Logger.Level, format: LogFormat, usesColour: Bool = false,
        write: @escaping @Sendable (_ line: String, _ isSecurity: Bool) -> Void
    ) {
        logLevel = level
        self.format = format
        self.usesColour = usesColour
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        // What the line brings is most of it, so the rest is put beside that: it counts before what the request provides,
        // and that before what the logger has.
        var fields = event.metadata ?? [:]
        for others in [metadataProvider?.get() ?? [:], metadata] {
            for (key, value) in others where fields[key] == nil { fields[key] = value }
        }
        if let error = event.error { fields["error"] = "\(error)" }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let line = LogLine(level: event.level, message: event.message.description, metadata: fields, at: now)
        write(format == .json ? line.json : line.text(colour: usesColour), fields[Self.eventKey] != nil)
    }
}

extension Settings.LogSettings {
    /// A logger as these settings want it.
    func logger(_ label: String, output: LogOutput = .standardError) -> Logger {
        Logger(label: label) { _ in handler(output: output) }
    }

    func handler(output: LogOutput = .standardError) -> JSONLogHandler {
        let terminal = Terminal.standardError
        var handler = JSONLogHandler(
            level: level, format: format ?? (terminal.isTerminal ? .text : .json), usesColour: terminal.usesColour,
            write: { output.write($0, isSecurity: $1) })
        handler.metadataProvider = .request
        return handler
    }
}
