import ArgumentParser
import Foundation

/// Since when: so long ago, or a date, or an instant in UTC.
enum AuditSince: ExpressibleByArgument, Equatable {
    case ago(seconds: Int64)
    case instant(seconds: Int64)

    init?(argument: String) {
        if let seconds = SpanText.seconds(argument) {
            self = .ago(seconds: seconds)
        } else if let seconds = Self.seconds(argument) ?? Self.seconds(argument + "T00:00:00Z") {
            self = .instant(seconds: seconds)
        } else {
            return nil
        }
    }

    func microseconds(at now: Int64) -> Int64 {
        switch self {
        case .ago(let seconds):
            let (span, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
            return overflow ? 0 : max(0, now - span)
        case .instant(let seconds): return seconds * 1_000_000
        }
    }

    /// 1970 to 9999, so that microseconds fit.
    private static func seconds(_ text: String) -> Int64? {
        guard text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil,
            let date = try? Date(text, strategy: .iso8601), date.timeIntervalSince1970 >= 0,
            // The reader takes February 30th for March 2nd.
            date.formatted(.iso8601) == text
        else { return nil }
        return Int64(date.timeIntervalSince1970)
    }
}
