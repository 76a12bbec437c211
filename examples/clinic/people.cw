// Who builds the portal, and who answers for the patients.

team portal-team { members = [aoife, brendan, ciara, declan] }
team records-team { members = [eoin, fiona, grainne] }

role privacy-officer { members = [hugh, imelda] }
role clinical-safety { members = [jarlath, kathleen, liam] }
role on-call { members = [ciara, grainne] }
