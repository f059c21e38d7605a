import Foundation
import OAuth

/// Times as people read them: relative and exact, in UTC (pages.md: "in 10 minutes, at 14:32").
struct TimeText {
    let catalogue: Catalogue
    let now: Instant

    func past(_ instant: Instant) -> String {
        let time = ["time": clock(instant), "date": date(instant)]
        let seconds = max(0, now.seconds(since: instant))
        switch seconds {
        case ..<60: return catalogue.text("time.now")
        case ..<120: return catalogue.text("time.minute_ago", time)
        case ..<3600: return text("time.minutes_ago", seconds / 60, time)
        case ..<7200: return catalogue.text("time.hour_ago", time)
        case ..<86_400: return text("time.hours_ago", seconds / 3600, time)
        case ..<172_800: return catalogue.text("time.yesterday", time)
        default: return catalogue.text("time.date", time)
        }
    }

    func future(_ instant: Instant) -> String {
        let time = ["time": clock(instant), "date": date(instant)]
        // A minute's slack, so that what was given fourteen days a moment ago does not read as thirteen.
        let seconds = max(0, instant.seconds(since: now)) + 59
        switch seconds {
        case ..<120: return catalogue.text("time.in_minute", time)
        case ..<3600: return text("time.in_minutes", seconds / 60, time)
        case ..<7200: return catalogue.text("time.in_hour", time)
        case ..<86_400: return text("time.in_hours", seconds / 3600, time)
        case ..<172_800: return catalogue.text("time.tomorrow", time)
        default: return text("time.in_days", (seconds + 43_200) / 86_400, time)
        }
    }

    /// Without regard to now: for what is read at any time.
    func exact(_ instant: Instant) -> String {
        catalogue.text("time.date", ["time": clock(instant), "date": date(instant)])
    }

    private func text(_ key: String, _ count: Int64, _ variables: [String: String]) -> String {
        catalogue.text(key, variables.merging(["count": String(count)]) { $1 })
    }

    private func clock(_ instant: Instant) -> String {
        format(
            instant,
            Date.FormatStyle(locale: .init(identifier: "en_GB"), timeZone: .gmt).hour(.twoDigits(amPM: .omitted))
                .minute(.twoDigits)) + " UTC"
    }

    private func date(_ instant: Instant) -> String {
        format(instant, Date.FormatStyle(locale: .init(identifier: "en_GB"), timeZone: .gmt).day().month(.wide).year())
    }

    private func format(_ instant: Instant, _ style: Date.FormatStyle) -> String {
        Date(timeIntervalSince1970: Double(instant.seconds)).formatted(style)
    }
}
