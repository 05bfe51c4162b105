// One test at a time, one browser and one running program for all that don't disturb each other.
using Mumu.EndToEnd.Tests.Harness;

// Frame rates are measured: two tests at once on a small machine would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(Browser))]
[assembly: AssemblyFixture(typeof(SharedInstallation))]
