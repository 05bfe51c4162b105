// A verb that cannot do what it was asked; the message is a sentence for people.
namespace Mumu.Cli.Verbs;

internal sealed class VerbException(string message) : Exception(message);
