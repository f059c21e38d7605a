import HTTPTypes
import Identity
import JSON
import OAuth

/// The captcha of a page: what `captcha.mustache` shows, and what the page may load for it.
struct CaptchaPart: Sendable {
    /// The field that says when the page was made.
    static let markField = "captcha_page"
    /// The field that our own script fills in.
    static let solutionField = "captcha"

    let mark: String
    let challenge: Challenge

    enum Challenge: Sendable {
        case puzzle(JSONObject, script: String)
        case widget(CaptchaWidget, siteKey: String, action: String)
    }

    var sources: ContentSources {
        switch challenge {
        case .puzzle: .none
        case .widget(let widget, _, _): widget.sources
        }
    }

    var context: [String: Any] {
        var context: [String: Any] = ["mark": mark]
        switch challenge {
        case .puzzle(let puzzle, let script):
            context["puzzle"] = JSONValue.object(puzzle).text
            context["script"] = script
        case .widget(let widget, let siteKey, let action):
            context["widget"] = [
                "name": widget.name, "siteKey": siteKey, "action": action, "script": widget.script,
            ]
        }
        return context
    }

    /// What our script, or the provider's, has put into the form.
    static func response(in form: OAuth.Parameters, for judge: CaptchaJudge) -> String? {
        switch judge {
        case .nobody: nil
        case .proofOfWork: form[solutionField]
        case .hosted(let hosted): form[CaptchaWidget.field(of: hosted.provider)]
        }
    }
}

extension PageWriter {
    /// A page whose form may ask for a captcha: shown by the partial of that name, with what it needs from elsewhere.
    func reply(
        _ name: String, title: String, _ context: [String: Any], status: HTTPResponse.Status,
        formTargets: [String] = [], captcha: CaptchaPart?
    ) throws -> Reply {
        var context = context
        if let captcha { context["captcha"] = captcha.context }
        return try reply(
            name, title: title, context, status: status, formTargets: formTargets,
            sources: captcha?.sources ?? .none)
    }
}

/// Why a form comes back, as its page says it.
struct CaptchaSaying: Sendable {
    /// The summary at the form.
    let sentence: String
    let status: HTTPResponse.Status
    /// Seconds, for the header.
    let retryAfter: Int64?
    let finding: Finding

    init(_ refusal: CaptchaRefusal, at form: CaptchaForm, _ catalogue: Catalogue) {
        finding = refusal.finding
        retryAfter = refusal.retryAfter
        switch refusal.fault {
        case .malformed, .notGenuine, .wrong, .spent, .expired, .denied, .wrongHost, .wrongAction, .tooFast:
            sentence = catalogue.text("captcha.again")
            status = .unprocessableContent
        case .notShown:
            sentence = catalogue.text(form == .signIn ? "captcha.not_shown" : "captcha.again")
            status = .unprocessableContent
        case .unanswered:
            sentence = catalogue.text("captcha.unanswered")
            status = .unprocessableContent
        case .wrongKey, .unavailable:
            sentence = catalogue.text("captcha.unavailable")
            status = .serviceUnavailable
        case .tooMany:
            sentence = SignInTexts(catalogue: catalogue).throttled(refusal.retryAfter ?? 60)
            status = .tooManyRequests
        case .withoutScript:
            let minutes = ((refusal.retryAfter ?? 0) + 59) / 60
            sentence =
                minutes > 1
                ? catalogue.text("captcha.without_script", ["minutes": String(minutes)])
                : catalogue.text("captcha.without_script_one")
            status = .tooManyRequests
        }
    }
}
