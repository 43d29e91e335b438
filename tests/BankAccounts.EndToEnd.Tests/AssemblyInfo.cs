// Each class starts servers; two banks at once on two cores would only wait for one another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
