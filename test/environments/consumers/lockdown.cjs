require('ses');

// Errors are to have the stacks that the package promises.
lockdown({ errorTaming: 'unsafe', consoleTaming: 'unsafe', overrideTaming: 'min' });
