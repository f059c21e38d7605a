/// One row of the table of settings.
///
/// The default is not written here but read off `Settings()` through the same format that reads values, so
/// what is documented is what is used.
struct Setting: Sendable {
    /// The key in `martlet.yaml`; a dot stands for a level.
    let name: String
    let explanation: String
    /// What a right value looks like.
    let expected: String
    let defaultText: String
    /// A secret is never shown, may come from a file, and may not stand in `martlet.yaml` itself (CR5) …
    let isSecret: Bool
    /// … but for those of providers, which open nothing here.
    let mayStandInFile: Bool
    private let read: @Sendable (RawSetting, inout Settings) throws(SettingRefusals) -> Void

    init<Value>(
        _ name: String, _ path: any WritableKeyPath<Settings, Value> & Sendable, _ format: SettingFormat<Value>,
        isSecret: Bool = false, _ explanation: String
    ) {
        self.name = name
        self.explanation = explanation
        self.isSecret = isSecret
        mayStandInFile = !isSecret
        expected = format.expected
        defaultText = format.text(Settings()[keyPath: path])
        read = { (raw, settings) throws(SettingRefusals) in
            settings[keyPath: path] = try format.parse(raw)
        }
    }

    /// A setting that may be absent; `otherwise` says what holds then.
    init<Value>(
        _ name: String, _ path: any WritableKeyPath<Settings, Value?> & Sendable, _ format: SettingFormat<Value>,
        otherwise: String = "none", isSecret: Bool = false, mayStandInFile: Bool? = nil, _ explanation: String
    ) {
        self.name = name
        self.explanation = explanation
        self.isSecret = isSecret
        self.mayStandInFile = mayStandInFile ?? !isSecret
        expected = format.expected
        defaultText = Settings()[keyPath: path].map(format.text) ?? otherwise
        read = { (raw, settings) throws(SettingRefusals) in
            settings[keyPath: path] = try format.parse(raw)
        }
    }

    /// `lifetimes.access_token` is `MARTLET_LIFETIMES_ACCESS_TOKEN`; no variable has a `-` in its name.
    var environmentName: String {
        "MARTLET_" + name.uppercased().replacing(".", with: "_").replacing("-", with: "_")
    }

    /// Puts a value into the settings, or says what is wrong with it and leaves them as they are.
    func apply(_ raw: RawSetting, to settings: inout Settings) -> [SettingsFault] {
        do {
            try read(raw, &settings)
            return []
        } catch {
            return error.refusals.map { fault($0, of: raw) }
        }
    }

    private func fault(_ refusal: SettingRefusals.Refusal, of raw: RawSetting) -> SettingsFault {
        let seen =
            switch (isSecret, refusal.seen ?? raw.onlyText) {
            case (false, let seen?): "\(name) is \(Seen.quoted(seen.text)); expected "
            case (false, nil): "\(name) has another shape; expected "
            case (true, _): "\(name) cannot be used; expected "
            }
        let reason = refusal.reason.map { " (\($0))" } ?? ""
        return SettingsFault(refusal.seen?.origin ?? raw.origin, seen + expected + reason)
    }
}

extension RawSetting {
    fileprivate var onlyText: RawText? {
        if case .text(let raw) = self { raw } else { nil }
    }
}
