import Foundation
import JSON
import OAuth

/// When something was, as other systems write it. What cannot be read is not known.
enum ArrivalTime {
    /// From 1970 to the year 9999.
    private static let permitted: ClosedRange<Int64> = 0...253_402_300_799

    /// `2026-03-01T12:30:00Z`, with or without a fraction, with any offset.
    static func iso8601(_ value: JSONValue?) -> Instant? {
        guard let text = value?.stringValue, text.utf8.count <= 40 else { return nil }
        let style = Date.ISO8601FormatStyle()
        let date =
            (try? Date(text, strategy: style))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        return date.flatMap { Int64(exactly: $0.timeIntervalSince1970.rounded(.down)) }.flatMap(instant)
    }

    /// Milliseconds, as a number or in a string.
    static func milliseconds(_ value: JSONValue?) -> Instant? {
        (value?.integerValue ?? value?.stringValue.flatMap { Int64($0) }).flatMap { instant($0 / 1000) }
    }

    private static func instant(_ seconds: Int64) -> Instant? {
        permitted.contains(seconds) ? Instant(seconds: seconds) : nil
    }
}
