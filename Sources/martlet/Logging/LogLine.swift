import Foundation
import JSON
import Logging
import OAuth
import Synchronization

/// One event of the log, ready to be written: secrets concealed, every text on one line (CF1, CF3, CF4).
struct LogLine {
    let time: String
    let level: Logger.Level
    let message: String
    let fields: JSONObject

    init(level: Logger.Level, message: String, metadata: Logger.Metadata, at time: timespec) {
        self.time = Self.text(of: time)
        self.level = level
        self.message = Self.safe(message)
        var fields = JSONObject()
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            fields[Self.name(key)] = Secrecy.isSecret(name: key) ? .string(Secrecy.mark) : Self.value(value, depth: 0)
        }
        self.fields = fields
    }

    /// `{"time":…,"level":…,"message":…,…}`
    var json: String {
        var json = JSONWriter()
        json.beginObject()
        for (name, text) in [("time", time), ("level", level.rawValue), ("message", message)] {
            json.key(name)
            json.string(text)
        }
        for member in fields.members {
            json.key(member.key)
            json.value(member.value)
        }
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private static func name(_ key: String) -> String {
        ["time", "level", "message"].contains(key) ? "field_" + key : PlainText.escaped(key)
    }

    private static func safe(_ text: String) -> String {
        PlainText.escaped(Secrecy.concealing(text))
    }

    private static func value(_ value: Logger.MetadataValue, depth: Int) -> JSONValue {
        guard depth < 8 else { return .string("…") }
        switch value {
        case .string(let text): return .string(safe(text))
        case .stringConvertible(let value): return .string(safe(value.description))
        case .array(let values): return .array(values.map { Self.value($0, depth: depth + 1) })
        case .dictionary(let values):
            let members = values.sorted { $0.key < $1.key }.map { key, value in
                let isSecret = Secrecy.isSecret(name: key)
                return (
                    key: PlainText.escaped(key),
                    value: isSecret ? .string(Secrecy.mark) : Self.value(value, depth: depth + 1)
                )
            }
            return .object(JSONObject(members))
        }
    }

    private static let lastSecond = Mutex<(second: Int, text: String)>((.min, ""))

    /// UTC, ISO 8601, milliseconds. A busy house says thousands of things in one second, which is written out once.
    static func text(of time: timespec) -> String {
        let second = lastSecond.withLock { last in
            if last.second != time.tv_sec { last = (time.tv_sec, text(ofSecond: time.tv_sec)) }
            return last.text
        }
        let milliseconds = String(time.tv_nsec / 1_000_000)
        return "\(second).\(String(repeating: "0", count: max(0, 3 - milliseconds.utf8.count)))\(milliseconds)Z"
    }

    private static func text(ofSecond second: Int) -> String {
        var seconds = second
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let day =
            "\(digits(Int(parts.tm_year) + 1900, 4))-\(digits(Int(parts.tm_mon) + 1, 2))-\(digits(Int(parts.tm_mday), 2))"
        let clock = "\(digits(Int(parts.tm_hour), 2)):\(digits(Int(parts.tm_min), 2)):\(digits(Int(parts.tm_sec), 2))"
        return "\(day)T\(clock)"
    }
}
