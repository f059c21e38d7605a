// Sends the only form of the page. The prototype's method is taken because a field may be called "submit".
HTMLFormElement.prototype.submit.call(document.forms[0]);
