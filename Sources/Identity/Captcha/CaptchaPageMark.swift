import Cryptography
import OAuth

/// When a page with a captcha was made, signed for its form and browser. It tells that the page had a captcha at all,
/// and how long whoever answers it had for that (IN9). It may come again with another try: a robot that has read a page
/// can always wait a second, and everything else about a form is decided by the captcha itself.
struct CaptchaPageMark: Sendable {
    /// Seconds on a clock of whole seconds: whoever needs less than one is always found, whoever needs two never.
    static let leastTime: Int64 = 2

    private let key: [UInt8]

    init(key: [UInt8]) {
        self.key = key
    }

    func make(for place: CaptchaPlace, at now: Instant) -> String {
        let seconds = String(now.seconds)
        return seconds + "." + Hex.encode(HMACSHA256.authenticate(place.message("page", seconds), key: key))
    }

    /// When the page was made; `nil` for what was not made here for this form and browser.
    func time(_ presented: String?, at place: CaptchaPlace) -> Instant? {
        guard let presented, presented.utf8.count <= 96, let seconds = Int64(presented.prefix { $0 != "." }) else {
            return nil
        }
        let genuine = make(for: place, at: Instant(seconds: seconds))
        guard constantTimeEqual(Array(presented.utf8), Array(genuine.utf8)) else { return nil }
        return Instant(seconds: seconds)
    }
}
