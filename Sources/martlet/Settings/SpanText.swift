/// Spans of time as people write them: `90s`, `10m`, `12h`, `30d`, or plain seconds.
enum SpanText {
    private static let units: [(suffix: Character, seconds: Int64)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]

    /// `nil` for anything but digits and at most one unit, and for what does not fit.
    static func seconds(_ text: String) -> Int64? {
        guard let last = text.last else { return nil }
        let unit = units.first { $0.suffix == last }
        let digits = unit == nil ? text[...] : text.dropLast()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int64(digits) else {
            return nil
        }
        let (seconds, overflow) = count.multipliedReportingOverflow(by: unit?.seconds ?? 1)
        return overflow ? nil : seconds
    }

    /// In the largest unit that divides it.
    static func text(_ seconds: Int64) -> String {
        for unit in units where seconds != 0 && seconds.isMultiple(of: unit.seconds) {
            return "\(seconds / unit.seconds)\(unit.suffix)"
        }
        return "\(seconds)s"
    }
}
