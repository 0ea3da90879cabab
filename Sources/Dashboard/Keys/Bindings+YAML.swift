import TerminalUI

extension Binding {
  // MARK: Creating from YAML

  static let yaml: [Binding] = [
    Binding(
      "yaml-help", [.init(.function(1))], "help", help: "the keys of this screen", in: [.yaml],
      footer: 0, action: { $0.openHelp() }),
    Binding(
      "yaml-plan", [.init(.function(10)), .control("x")], "plan",
      help: "see what would be made, then create it; where something is wrong, go there",
      in: [.yaml], footer: 1,
      disabledReason: {
        $0.yamlForm?.operation == nil ? nil : "The model is being created."
      }, action: { $0.submitYAML() }),
    Binding(
      "yaml-next-finding", [.init(.function(3))], "next error",
      help: "go to the next error or warning", in: [.yaml], footer: 2,
      action: { $0.goToNextYAMLFinding() }),
    Binding(
      "yaml-fix", [.init(.function(4))], "fix",
      help: "mend what is wrong in this line; else go to the next that can be mended", in: [.yaml],
      footer: 3, action: { $0.fixYAML() }),
    Binding(
      "yaml-fix-all", [.init(.function(5))], "fix all",
      help: "make every change that mends something; Alt-U takes it back",
      in: [.yaml], footer: 9, action: { $0.fixAllYAML() }),
    Binding(
      "yaml-findings", [.init(.function(2))], "errors",
      help: "list everything that is wrong, with what to do", in: [.yaml], footer: 5,
      action: { $0.openYAMLFindings() }),
    Binding(
      "yaml-editor", [.init(.function(6))], "$EDITOR",
      help: "edit the text in your own editor: KUBE_EDITOR, VISUAL, EDITOR, else vi",
      in: [.yaml], footer: 6, action: { $0.editYAMLOutside() }),
    Binding(
      "yaml-file", [.init(.function(7))], "file", help: "read the text from a file", in: [.yaml],
      footer: 7, action: { $0.openYAMLFilePrompt() }),
    Binding(
      "yaml-fields", [.init(.function(8))], "describe",
      help: "display name, description and tags of the model", in: [.yaml], footer: 8,
      action: { $0.openYAMLFields() }),
    Binding(
      "yaml-skeleton", [.init(.function(9))], "skeleton",
      help: "begin with a Deployment and a Service to fill in", in: [.yaml], footer: 10,
      disabledReason: {
        $0.yamlForm?.editor.isEmpty == true ? nil : "The skeleton is for an empty text."
      }, action: { $0.insertYAMLSkeleton() }),
    Binding(
      "yaml-undo", [.init(.character("u"), .alt), .control("_")], "undo",
      help: "take the last change of the text back", in: [.yaml], footer: 11,
      action: { $0.undoYAML() }),
    Binding(
      "yaml-redo", [.init(.character("e"), .alt)], "redo",
      help: "make the change that was taken back again", in: [.yaml],
      action: { $0.redoYAML() }),
    Binding(
      "yaml-kubectl", [.init(.character("k"), .alt)], "kubectl",
      help: "the kubectl commands that do the same", in: [.yaml],
      action: { $0.openKubectl() }),
    Binding(
      "yaml-find", [.control("f")], "find", help: "find a word of the text", in: [.yaml],
      footer: 12, action: { $0.openYAMLFind() }),
    Binding(
      "yaml-back", [.init(.escape)], "back",
      help: "go back; the text is kept, and a running create goes on", in: [.yaml], footer: 4,
      action: { $0.leaveYAML() }),

    Binding(
      "yaml-go-to-finding", [.init(.enter)], "go there", help: "go to where it stands",
      in: [.yamlFindings], footer: 1, action: { $0.chooseYAMLFinding() }),
    Binding(
      "yaml-fix-finding", [.init(.function(4)), .character("f")], "fix",
      help: "mend the selected finding", in: [.yamlFindings], footer: 2,
      action: { $0.fixSelectedYAMLFinding() }),

    Binding(
      "yaml-field-next", [.init(.tab), .init(.down)], "next", help: "next field",
      in: [.yamlFields], footer: 2, action: { $0.moveYAMLField(by: 1) }),
    Binding(
      "yaml-field-previous", [.init(.backTab), .init(.up)], "previous", help: "previous field",
      in: [.yamlFields], action: { $0.moveYAMLField(by: -1) }),
    Binding(
      "yaml-field-press", [.init(.enter)], "next", help: "next field, and back behind the last",
      in: [.yamlFields], action: { $0.pressInYAMLFields() }),
    Binding(
      "yaml-fields-close", [.init(.escape), .init(.function(8))], "back",
      help: "back to the text; what was typed stays", in: [.yamlFields], footer: 1,
      action: { $0.closeLayer() }),

    Binding(
      "yaml-file-read", [.init(.enter)], "read", help: "read this file in place of the text",
      in: [.yamlFile], footer: 1, action: { $0.loadYAMLFile() }),
    Binding(
      "yaml-file-complete", [.init(.tab)], "complete", help: "complete the path", in: [.yamlFile],
      footer: 2, action: { $0.completeYAMLFile() }),
    Binding(
      "yaml-file-close", [.init(.escape)], "cancel", help: "read no file", in: [.yamlFile],
      footer: 3, action: { $0.closeLayer() }),

    Binding(
      "yaml-find-next", [.init(.enter), .init(.down), .control("f")], "next",
      help: "the next place where it stands, round and round", in: [.yamlFind], footer: 1,
      action: { $0.findYAML() }),
    Binding(
      "yaml-find-previous", [.init(.up)], "previous", help: "the place before", in: [.yamlFind],
      footer: 2, action: { $0.findYAML(isBackwards: true) }),
    Binding(
      "yaml-find-close", [.init(.escape)], "back to the text",
      help: "back to the text, with the cursor at what was found", in: [.yamlFind], footer: 3,
      action: { $0.closeLayer() }),
  ]
}
