import Identity
import OAuth

/// Captchas for the forms of this wing: one call when a page is made, one when its form comes.
struct CaptchaDoor: Sendable {
    let rooms: Rooms

    enum Answer: Sendable {
        case passed
        case refused(CaptchaSaying)
    }

    /// What the page must show; nothing when the form does not ask now. A puzzle is good once: each page has its own.
    /// - Parameter address: as typed, where sign-in has one already.
    func part(
        of form: CaptchaForm, _ visit: Visit, _ guest: Guest, address: String? = nil
    ) async throws -> CaptchaPart? {
        let place = place(form, visit, guest, address)
        guard try await captcha.isAsked(at: place, visit.now) else { return nil }
        let mark = captcha.pageMark(for: place, at: visit.now)
        switch captcha.judge {
        case .nobody: return nil
        case .proofOfWork(let work):
            return CaptchaPart(
                mark: mark,
                challenge: .puzzle(
                    try work.puzzle(for: place, at: visit.now), script: rooms.pages.assets.path("captcha.js")))
        case .hosted(let hosted):
            return CaptchaPart(
                mark: mark,
                challenge: .widget(CaptchaWidget(hosted), siteKey: hosted.siteKey, action: form.rawValue))
        }
    }

    /// To be asked once all that a person can put right is right: a form with faulty fields comes back anyway, and
    /// would have spent its solution.
    func check(
        _ form: OAuth.Parameters, _ visit: Visit, _ guest: Guest, for kind: CaptchaForm, address: String? = nil
    ) async throws -> Answer {
        let outcome = try await captcha.check(
            pageMark: form[CaptchaPart.markField], response: CaptchaPart.response(in: form, for: captcha.judge),
            at: place(kind, visit, guest, address), visit.now)
        switch outcome {
        case .passed: return .passed
        case .refused(let refusal): return .refused(CaptchaSaying(refusal, at: kind, rooms.pages.catalogue))
        }
    }

    /// A sign-in that did not succeed; after some of them the form asks.
    func noteFailure(_ visit: Visit, _ guest: Guest, address: String) async throws {
        try await captcha.noteFailure(at: place(.signIn, visit, guest, address), visit.now)
    }

    func noteSuccess(_ visit: Visit, _ guest: Guest) async throws {
        try await captcha.noteSuccess(at: place(.signIn, visit, guest, nil))
    }

    private var captcha: Captcha { rooms.captchaRoom }

    private func place(_ form: CaptchaForm, _ visit: Visit, _ guest: Guest, _ address: String?) -> CaptchaPlace {
        CaptchaPlace(form, browser: guest.browser.digest, network: visit.network, address: address)
    }
}

extension Rooms {
    var captcha: CaptchaDoor { CaptchaDoor(rooms: self) }
}
