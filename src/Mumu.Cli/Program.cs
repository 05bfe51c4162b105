// The executable `mumu`: picks the verb.
return 0;
