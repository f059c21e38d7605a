import JSON
import Logging
import Synchronization
import Testing

@testable import martlet

/// Keeps what a logger writes.
final class LogCapture: Sendable {
    private let kept = Mutex<[(line: String, isSecurity: Bool)]>([])

    func logger(_ format: LogFormat = .json, level: Logger.Level = .trace, provider: Logger.MetadataProvider? = nil)
        -> Logger
    {
        Logger(label: "test") { [self] _ in
            var handler = JSONLogHandler(level: level, format: format) { line, isSecurity in
                self.kept.withLock { $0.append((line, isSecurity)) }
            }
            handler.metadataProvider = provider
            return handler
        }
    }

    var lines: [String] { kept.withLock { $0.map(\.line) } }
    var areSecurity: [Bool] { kept.withLock { $0.map(\.isSecurity) } }

    func object(_ index: Int = 0) throws -> JSONObject {
        let line = try #require(lines.indices.contains(index) ? lines[index] : nil)
        return try #require(try JSONValue(parsing: Array(line.utf8)).objectValue)
    }
}
