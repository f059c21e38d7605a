/// "Firefox on Linux": what a `User-Agent` claims to be, for the list of sessions.
///
/// Never trusted and never repeated: the answer is put together from the words below, whatever was sent.
package enum DeviceName {
    /// The first that is found counts, for browsers name those they imitate as well.
    private static let browsers = [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Vivaldi", "Vivaldi"),
        ("FxiOS", "Firefox"), ("Firefox/", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]
    private static let systems = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
        ("Mac OS X", "macOS"), ("Macintosh", "macOS"), ("Linux", "Linux"),
    ]

    package static func from(userAgent: String?) -> String {
        let text = String((userAgent ?? "").unicodeScalars.prefix(512))
        let browser = browsers.first { text.contains($0.0) }?.1 ?? "Unknown browser"
        guard let system = systems.first(where: { text.contains($0.0) })?.1 else { return browser }
        return "\(browser) on \(system)"
    }
}
