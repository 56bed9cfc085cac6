<<<<<<<< HEAD:client/web/dist/refusals-DGVSSCEF.js
import{a,b,c,d,e,f,g,h,i,j}from"./chunk-5V7B7I4U.js";export{i as decisionTexts,d as fieldText,e as measureText,f as refusalSentence,g as refusalText,a as rightText,c as rolesText,b as thresholdText,h as wallTexts,j as wayText};
========
import{a,b,c,d,e,f,g,h,i,j}from"./chunk-64MTM6UN.js";export{i as decisionTexts,d as fieldText,e as measureText,f as refusalSentence,g as refusalText,a as rightText,c as rolesText,b as thresholdText,h as wallTexts,j as wayText};
>>>>>>>> desk:client/web/dist/refusals-EV6WBE2R.js
